/** App roles of the Entra application that stands for Gatehouse; a principal may have several. */
const roles = ['Reader', 'Operator', 'Approver', 'Owner'] as const;

export type Role = (typeof roles)[number];

/** Who may call a route. */
export type Access = Role | 'open';

/**
 * What each role may do besides what is its own. Operating and approving are apart, so that nobody releases the
 * deletions that their own change has brought about; an owner may do everything.
 */
const includes: Readonly<Record<Role, readonly Role[]>> = {
  Reader: [],
  Operator: ['Reader'],
  Approver: ['Reader'],
  Owner: ['Reader', 'Operator', 'Approver'],
};

/** Whether somebody with these roles may do what asks for `wanted`. */
export const isPermitted = (held: readonly Role[], wanted: Role): boolean =>
  held.some((role) => role === wanted || includes[role].includes(wanted));

/** The roles that would do, the least first. */
export const sufficientRoles = (wanted: Role): readonly Role[] =>
  roles.filter((role) => isPermitted([role], wanted)).toSorted((a, b) => includes[a].length - includes[b].length);

export const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);
