import type { JsonObject } from '../../../shared/model/json.ts';
import { ownershipTag } from '../../../shared/model/names.ts';
import { egressIsInPlace } from '../../../shared/plan/egressInPlace.ts';
import { healthy, respelled, spec } from './driftScene.ts';

const { firewall } = healthy();

describe('egress is in place', () => {
  const succeeded: JsonObject = {
    ...firewall,
    properties: { ...(firewall['properties'] as JsonObject), provisioningState: 'Succeeded' },
  };

  test('where the firewall has all that the spec lets out, whatever else it has', () => {
    expect(egressIsInPlace(spec, { firewall: succeeded })).toBe(true);
    expect(egressIsInPlace(spec, { firewall: respelled(succeeded, '"Alert"', '"Off"') })).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['a rule differs', respelled(succeeded, '"1194"', '"1195"')],
    ['names can not be resolved', respelled(succeeded, '"true"', '"false"')],
    ['it is being written', respelled(succeeded, '"Succeeded"', '"Updating"')],
    ['its last write failed', respelled(succeeded, '"Succeeded"', '"Failed"')],
    ['it is not ours', respelled(succeeded, ownershipTag, 'team')],
  ])('not while %s', (_what, actual) => {
    expect(egressIsInPlace(spec, { firewall: actual })).toBe(false);
  });
});
