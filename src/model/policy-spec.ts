// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

/**
 * What applications may ask for: `policy.yaml` beside `tenants/` says it for every tenant, one in the folder of a tenant for that tenant as well. Every rule of both has to be kept, so a tenant can only tighten. What a policy does not name is not restricted.
 */
export interface PolicySpec {
  images?: ImageRulesSpec;
  containers?: ContainerRulesSpec;
  resources?: ResourceRulesSpec;
  quotas?: QuotasSpec;
  /**
   * Rules of single tenants, in `policy.yaml` beside `tenants/` only. A rule that is named here stands in place of the one above, be it stricter or not; rules that are not named here stay as they are above.
   */
  tenants?: {
    [k: string]: TenantRulesSpec;
  };
}
/**
 * Rules about images, those of init containers included.
 */
export interface ImageRulesSpec {
  /**
   * Images may come from these alone. An empty list allows none.
   *
   * Items: A registry (`ghcr.io`, `registry.example.com:5000`) or a path in one, of whole parts (`ghcr.io/acme` is `ghcr.io/acme/web` as well, and not `ghcr.io/acmecorp/web`). An image without a registry is one of `docker.io`, `busybox` is `docker.io/library/busybox`. `*` is every one.
   */
  registries?: string[];
  /**
   * Images may not come from these, be they allowed or not. The same image is often to be had elsewhere: `registries` is the stronger rule.
   *
   * Items: A registry (`ghcr.io`, `registry.example.com:5000`) or a path in one, of whole parts (`ghcr.io/acme` is `ghcr.io/acme/web` as well, and not `ghcr.io/acmecorp/web`). An image without a registry is one of `docker.io`, `busybox` is `docker.io/library/busybox`. `*` is every one.
   */
  'denied-registries'?: string[];
  /**
   * What images have to have. `digest`: the name is pinned by `@sha256:…`, so what runs is what was reviewed. `signature`: a signature by one of the keys in `signed-by`, as cosign makes them; checked by the daemon before anything is made from an image.
   */
  require?: 'nothing' | 'digest' | 'signature' | 'digest-and-signature';
  /**
   * Keys that are trusted to sign images; a signature by any one of them will do.
   */
  'signed-by'?: ImageKeySpec[];
}
/**
 * A key that signs images.
 */
export interface ImageKeySpec {
  /**
   * What people call it; what is told of signatures names it so.
   */
  name: string;
  /**
   * The public key in PEM form, as `cosign generate-key-pair` writes it to `cosign.pub`: ECDSA on P-256, Ed25519, or RSA of 2048 bits or more.
   */
  key: string;
}
/**
 * What is not in a list that is given may not be had; an empty list allows nothing.
 */
export interface ContainerRulesSpec {
  /**
   * Linux capabilities that `additional-capabilities` may add, with or without `CAP_`. `ALL` allows every one.
   *
   * Items: A Linux capability.
   */
  capabilities?: string[];
  /**
   * Labels by which `devices` may ask for devices of the host; `*` allows every one.
   *
   * Items: A label of devices.
   */
  'device-labels'?: string[];
  /**
   * Whether containers may ask for graphics processors.
   */
  gpus?: 'allowed' | 'forbidden';
  /**
   * Ports of the host that `ports` may open. `free` allows one that the engine picks, `*` every one.
   *
   * Items: A port, a range, `free` or `*`.
   */
  'host-ports'?: string[];
  /**
   * Mechanisms of mandatory access control that `security` may switch off.
   *
   * Items: A mechanism.
   */
  'security-off'?: ('apparmor' | 'selinux')[];
  /**
   * Label expressions by which volumes may choose storage of the host with `match-volume-labels`, word by word; `*` allows every one. A volume that says nothing lies on the usual storage and is always allowed.
   *
   * Items: A label expression, or `*`.
   */
  'volume-labels'?: string[];
}
/**
 * Rules about limits.
 */
export interface ResourceRulesSpec {
  /**
   * Limits that every container and init container has to have. A quota of `memory` or `cpus` requires that limit by itself.
   *
   * Items: A limit.
   */
  require?: ('memory' | 'cpus')[];
}
/**
 * What all applications of a tenant may have together at one site. An instance counts with the limits of its containers together, or with those of an init container where that has more.
 */
export interface QuotasSpec {
  /**
   * Service instances.
   */
  instances?: number;
  /**
   * Memory.
   */
  memory?: string;
  /**
   * Processor time, in processors.
   */
  cpus?: number;
}
/**
 * Rules of one tenant.
 */
export interface TenantRulesSpec {
  images?: ImageRulesSpec;
  containers?: ContainerRulesSpec;
  resources?: ResourceRulesSpec;
  quotas?: QuotasSpec;
}
