/** A member shop of the demonstration, with what its purchases cost. */
export interface ShopRole {
  /** How the demonstration finds it again: the merchant's external reference. */
  readonly reference: string
  readonly name: string
  readonly till: string
  /** What one purchase costs, from and to, in pence. */
  readonly priceMinor: readonly [number, number]
  /** How often people go there, next to the others. */
  readonly visits: number
}

/** The first one's till key is shown at the first start. */
export const shops: readonly ShopRole[] = [
  {
    reference: 'bakery',
    name: 'Wren & Daughters Bakery',
    till: 'Counter',
    priceMinor: [180, 1400],
    visits: 8,
  },
  { reference: 'bookshop', name: 'The Inkwell Bookshop', till: 'Desk', priceMinor: [699, 4200], visits: 3 },
  { reference: 'cafe', name: 'Millrace Café', till: 'Bar', priceMinor: [290, 1850], visits: 7 },
  {
    reference: 'greengrocer',
    name: 'Okoro Greengrocers',
    till: 'Till 1',
    priceMinor: [350, 3200],
    visits: 6,
  },
  { reference: 'workshop', name: 'Lock Lane Cycles', till: 'Workshop', priceMinor: [800, 15500], visits: 2 },
  { reference: 'florist', name: 'Fern & Foxglove', till: 'Counter', priceMinor: [850, 5500], visits: 2 },
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

/** Invented people, at addresses that belong to nobody (RFC 2606). */
export const customers: readonly { readonly name: string; readonly email: string }[] = names.map((name) => ({
  name,
  email: `${name.toLowerCase().replace(' ', '.')}@example.org`,
}))
