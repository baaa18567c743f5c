/** The one api-version per resource provider: a read and the write that follows it must speak the same. */
export const apiVersions = {
  network: '2025-07-01',
  containerService: '2026-05-01',
  compute: '2024-11-01',
  resources: '2025-04-01',
  authorization: '2022-04-01',
  managedIdentity: '2023-01-31',
  /** The newest that @azure/arm-eventgrid speaks. */
  eventGrid: '2022-06-15',
} as const;
