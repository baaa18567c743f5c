import * as z from 'zod';

/** Lists and maps without content are absent or, as Go writes them, null. */
const text = z.string().nullish();

/** Names of services and namespaces; the API server takes no others. */
const dnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

const service = z.looseObject({
  metadata: z.looseObject({
    name: dnsLabel,
    namespace: dnsLabel,
    uid: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.looseObject({
    type: text,
    loadBalancerClass: text,
    loadBalancerSourceRanges: z.array(z.string()).nullish(),
    ports: z.array(z.looseObject({ port: z.int().min(1).max(65_535), name: text, protocol: text })).nullish(),
  }),
  status: z
    .looseObject({
      loadBalancer: z.looseObject({ ingress: z.array(z.looseObject({ ip: text })).nullish() }).nullish(),
    })
    .nullish(),
});

/**
 * Whether everything that a publication depends on is of the type that the API server gives it. What isn't was not written
 * by one, and reading it as absent would be worse than not reading it: without its list of ranges a port would be open to
 * everybody, without its ports a service would lose its rules.
 */
export function isService(raw: unknown): boolean {
  return service.safeParse(raw).success;
}
