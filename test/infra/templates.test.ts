import { findBicep } from '../../infra/check/bicep.ts';
import { checkTemplates } from '../../infra/check/templates.ts';
import { objectsAt, type Json, type JsonObject } from '../../local/azure/json.ts';
import { GROUP, refusal, startClient, SUBSCRIPTION } from '../local/azure/client.ts';

const bicep = findBicep(process.env);
if ('missing' in bicep) console.warn(`The templates are not compiled: ${bicep.missing}. Try npm run infra:check.`);
const whereBicepIs = 'missing' in bicep ? test.skip : test;

whereBicepIs(
  'the templates compile, and the linter has nothing against them',
  () => {
    if ('missing' in bicep) return;
    const { problems, template, parameters } = checkTemplates(bicep);
    expect(problems).toEqual([]);
    expect([typeof template, typeof parameters]).toEqual(['string', 'string']);
  },
  120_000,
);

whereBicepIs(
  'local Azure would take what they compile to, in each variant',
  async () => {
    if ('missing' in bicep) return;
    const { template = '{}' } = checkTemplates(bicep);
    const client = await startClient();
    try {
      await client.apply('PUT', GROUP, { location: 'eastus' });
      const validate = (parameters: Readonly<Record<string, Json>>) => {
        const given = { name: 'prod', location: 'eastus', ...parameters };
        const values = Object.entries(given).map(([name, value]) => [name, { value }]);
        return client.send('POST', `${SUBSCRIPTION}/providers/Microsoft.Resources/deployments/d/validate`, {
          location: 'eastus',
          properties: {
            mode: 'Incremental',
            template: JSON.parse(template) as JsonObject,
            parameters: Object.fromEntries(values) as JsonObject,
          },
        });
      };
      const typesOf = async (parameters: Readonly<Record<string, Json>>) => {
        const reply = await validate(parameters);
        expect(reply.status === 200 ? 200 : reply.body).toBe(200);
        return objectsAt(reply.body, 'properties', 'validatedResources').map(({ resourceType }) => resourceType);
      };
      const simple = await typesOf({});
      expect(simple).toContain('Microsoft.Web/sites');
      expect(simple).not.toContain('Microsoft.Web/sites/config');
      expect(simple).not.toContain('Microsoft.DurableTask/schedulers');
      const everything = await typesOf({
        plan: 'premium',
        authMode: 'entra',
        entraClientId: '00000000-0000-4000-8000-000000000001',
        backend: 'scheduler',
        privateEndpoints: true,
        alertEmail: 'platform@example.com',
        secretUris: { GATEHOUSE_SECRET_TEAM: 'https://vault.example/secrets/team' },
      });
      expect(everything).toEqual(
        expect.arrayContaining([
          'Microsoft.DurableTask/schedulers',
          'Microsoft.Insights/actionGroups',
          'Microsoft.Network/privateEndpoints',
          'Microsoft.Web/sites/config',
        ]),
      );
      await typesOf({ allowedScopes: [GROUP], access: 'sync' });

      for (const wrong of [{ allowedScopes: ['/x'] }, { plan: 'basic' }, { name: 'n' }, { authMode: 'entra' }])
        expect(refusal(await validate(wrong))).toEqual([400, 'InvalidTemplate']);
    } finally {
      await client.close();
    }
  },
  120_000,
);
