/** Whether the id lies at or below the scope; ids compare case-insensitively, and `/a/b` is not within `/a/bc`. */
export function isWithin(id: string, scope: string): boolean {
  const outer = scope.trim().toLowerCase().replace(/\/+$/, '');
  const inner = id.toLowerCase();
  return outer !== '' && (inner === outer || inner.startsWith(`${outer}/`));
}
