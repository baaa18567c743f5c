/** What a piece of a rendered plan says; whoever shows it in a terminal gives each its colour. */
export type Role = 'title' | 'create' | 'modify' | 'delete' | 'foreign' | 'unchanged' | 'warning' | 'problem';

/** Marks a piece of a rendered plan. */
export type Paint = (role: Role, text: string) => string;

/** Marks nothing. */
export const unpainted: Paint = (_role, text) => text;
