import type { Role } from '../tables.ts'

/** Roles in a merchant. */
export const merchantRoles = ['owner', 'manager', 'cashier'] as const
export type MerchantRole = (typeof merchantRoles)[number]

/** Which roles one may give and take: managers keep cashiers, owners all of their shop, operators everyone. */
const appointedBy: Readonly<Record<Role, readonly Role[]>> = {
  operator: ['operator', 'auditor', 'owner', 'manager', 'cashier'],
  owner: ['owner', 'manager', 'cashier'],
  manager: ['cashier'],
  cashier: [],
  auditor: [],
}

/** Whether a person with the role `by` may give or take `role`. */
export function mayAppoint(by: Role, role: Role): boolean {
  return appointedBy[by].includes(role)
}
