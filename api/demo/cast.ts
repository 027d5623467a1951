/** A member shop of the demonstration, with what it tells of itself and what its purchases cost. */
export interface ShopRole {
  /** How the demonstration finds it again: the merchant's external reference. */
  readonly reference: string
  readonly name: string
  readonly till: string
  readonly about: string
  readonly address: string
  /** From when to when, on which days (1: Monday). */
  readonly open: readonly [opens: string, closes: string, days: readonly number[]]
  /** What one purchase costs, from and to, in pence. */
  readonly priceMinor: readonly [number, number]
  /** How often people go there, next to the others. */
  readonly visits: number
}

const weekdays = [1, 2, 3, 4, 5]
const allButSunday = [...weekdays, 6]

/** The first one's till key is shown at the first start. */
export const shops: readonly ShopRole[] = [
  {
    reference: 'bakery',
    name: 'Wren & Daughters Bakery',
    till: 'Counter',
    about: 'Sourdough, buns, and breakfast from seven.',
    address: '1 Bridge Street',
    open: ['07:00', '17:30', allButSunday],
    priceMinor: [180, 1400],
    visits: 8,
  },
  {
    reference: 'bookshop',
    name: 'The Inkwell Bookshop',
    till: 'Desk',
    about: 'New books, a few old ones, and whatever you ask us to order.',
    address: '14 Mill Lane',
    open: ['09:30', '18:00', allButSunday],
    priceMinor: [699, 4200],
    visits: 3,
  },
  {
    reference: 'cafe',
    name: 'Millrace Café',
    till: 'Bar',
    about: 'Coffee by the water, lunch until three.',
    address: '3 Weir Walk',
    open: ['08:00', '18:30', [...allButSunday, 7]],
    priceMinor: [290, 1850],
    visits: 7,
  },
  {
    reference: 'greengrocer',
    name: 'Okoro Greengrocers',
    till: 'Till 1',
    about: 'Fruit and vegetables from the valley.',
    address: '22 Bridge Street',
    open: ['08:00', '18:00', allButSunday],
    priceMinor: [350, 3200],
    visits: 6,
  },
  {
    reference: 'workshop',
    name: 'Lock Lane Cycles',
    till: 'Workshop',
    about: 'Repairs while you wait, and bicycles for every age.',
    address: 'Lock Lane, Unit 2',
    open: ['09:00', '17:00', weekdays],
    priceMinor: [800, 15500],
    visits: 2,
  },
  {
    reference: 'florist',
    name: 'Fern & Foxglove',
    till: 'Counter',
    about: 'Flowers of the season.',
    address: '9 Mill Lane',
    open: ['09:00', '17:30', allButSunday],
    priceMinor: [850, 5500],
    visits: 2,
  },
]

const names = [
  'Amina Okafor',
  'Bryn Hughes',
  'Carys Lloyd',
  'Dev Raman',
  'Esme Whitlock',
  'Farid Haddad',
  'Greta Lindqvist',
  'Hamish Orr',
  'Imogen Pryce',
  'Jonah Adeyemi',
  'Keira Doyle',
  'Leo Marchetti',
  'Maya Sengupta',
  'Nils Aaltonen',
  'Olive Tranter',
  'Piotr Zielinski',
  'Queenie Marlow',
  'Rafael Duarte',
  'Saoirse Kinsella',
  'Tomasz Wrona',
  'Uma Krishnan',
  'Violet Ashdown',
  'Wilf Garrick',
  'Xanthe Pavlou',
  'Yusuf Demir',
  'Zara Mahmood',
  'Alfie Thorne',
  'Beatrix Holm',
  'Cormac Reilly',
  'Delphine Moreau',
  'Edwin Sallow',
  'Freya Nygaard',
  'Gideon Frost',
  'Hattie Bramwell',
  'Idris Bevan',
  'Juno Castellan',
]

interface Role {
  readonly name: string
  readonly email: string
}

/** Invented people, at addresses that belong to nobody (RFC 2606). */
export const customers: readonly (Role & { readonly phone?: string })[] = names.map((name, i) => ({
  ...personOf(name),
  ...(i === 0 && { phone: '+447700900123' }),
}))

/** The one customer with a phone: a number that Ofcom keeps for drama. */
export const visitor = { ...customers[0]!, phone: '+44 7700 900123' }

/** Who opens a till. */
export const cashier = { ...personOf('Mia Penrose'), shop: 'cafe' }

function personOf(name: string): Role {
  return { name, email: `${name.toLowerCase().replace(' ', '.')}@example.org` }
}
