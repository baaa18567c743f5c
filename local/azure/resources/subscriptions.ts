import { TENANT_ID } from '../azure.ts';
import type { JsonObject } from '../json.ts';

/** A subscription, read or listed alike (Subscriptions - Get, api-version 2022-12-01). */
export const subscriptionBody = (subscription: string): JsonObject => ({
  id: `/subscriptions/${subscription}`,
  subscriptionId: subscription,
  tenantId: TENANT_ID,
  displayName: 'local Azure',
  state: 'Enabled',
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionPolicies: {
    locationPlacementId: 'Public_2014-09-01',
    quotaId: 'PayAsYouGo_2014-09-01',
    spendingLimit: 'Off',
  },
});

/** The directory of all subscriptions (Tenants - List, api-version 2022-12-01). */
export const tenantBody: JsonObject = {
  id: `/tenants/${TENANT_ID}`,
  tenantId: TENANT_ID,
  tenantCategory: 'Home',
  tenantType: 'AAD',
  displayName: 'local Azure',
};
