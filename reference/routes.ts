import { routes } from '../functions/routes.ts';
import { commonRefusals, isConditional, openRefusals, type Route } from '../functions/http/route.ts';
import { code, table } from './markdown.ts';

/** Every route: what it does, the least role that may call it, what it answers. */
export const routesTable = (): string =>
  table(
    ['method and path', 'does', 'role', 'answers'],
    routes.map((route) => [
      code(`${route.method} /${route.path}`),
      route.summary,
      route.access === 'open' ? 'anybody' : route.access,
      statusesOf(route).join(', '),
    ]),
  );

/** What routes may answer with beside their own. */
export const commonStatuses = (): string =>
  `Beside these: ${commonRefusals.join(', ')}; those open to anybody ${openRefusals.join(', ')}.`;

const statusesOf = (route: Route): readonly number[] =>
  [...Object.keys(route.answers).map(Number), ...(isConditional(route) ? [304] : []), ...route.refusals].sort(
    (a, b) => a - b,
  );
