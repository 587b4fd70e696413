import { describe, expect, it } from 'vitest';
import { createSignedPulls } from '../../src/execute/signed-pulls.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import type { SignatureDemand } from '../../src/model/signature-demand.ts';
import { RegistryError, type RegistryPort } from '../../src/registry/port.ts';
import type { SignerMemory } from '../../src/registry/signer-memory.ts';
import type { FoundSignature } from '../../src/signatures/image-signature.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import { createImageSigner } from '../signatures/image-signer.ts';

const { signal } = new AbortController();
const NAME = 'ghcr.io/acme/web';
const [FIRST, SECOND] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
const release = createImageSigner('release');
const team = createImageSigner('team');
const demand = (...keys: SignatureDemand['keys']): SignatureDemand => ({
  rule: '`images.require` of policy.yaml',
  keys,
});
const DEMANDS = [demand(release.key)];

/** A registry with one repository, that counts what it is asked. */
class FakeRegistry implements RegistryPort {
  digest = FIRST;
  readonly signatures = new Map<string, readonly FoundSignature[]>();
  readonly asked: string[] = [];
  isAway = false;
  /** Called when it has told what a tag stands for. */
  afterResolve: () => void = () => undefined;

  async resolve({ name, tag }: { readonly name: string; readonly tag: string }): Promise<string> {
    this.#enter(`resolve ${name}:${tag}`);
    const { digest } = this;
    this.afterResolve();
    return digest;
  }

  async *signaturesOf({ digest }: { readonly digest: string }) {
    this.#enter(`signatures of ${digest}`);
    for (const one of this.signatures.get(digest) ?? []) yield [one];
  }

  #enter(what: string): void {
    this.asked.push(what);
    if (this.isAway) throw new RegistryError('unreachable', 'registry ghcr.io cannot be reached: ECONNREFUSED');
  }
}

function createMemory(): SignerMemory {
  let known: ReadonlyMap<string, readonly string[]> = new Map();
  return { known: () => known, note: async (image, signers) => void (known = new Map(known).set(image, signers)) };
}

function setUp() {
  const docker = new FakeDocker({ now: () => 0 });
  const registry = new FakeRegistry();
  const pulls = createSignedPulls({ docker, registry, memory: createMemory() });
  const images = () => [...docker.engine.images.keys()].sort();
  const pull = (more: { image?: string; anew?: boolean; demands?: readonly SignatureDemand[] } = {}) => {
    const { image = `${NAME}:1`, anew = false, demands = DEMANDS } = more;
    const action: ActionOf<'pull-image'> = {
      kind: 'pull-image',
      image,
      note: undefined,
      for: 'acme.shop',
      signed: { demands, anew },
    };
    return pulls.pull(action, signal);
  };
  /** The host has the image under its tag, pulled by this digest. */
  const has = (digest: string) => {
    docker.engine.images.set(`${NAME}:1`, 'sha256:a');
    docker.engine.images.set(`${NAME}@${digest}`, 'sha256:a');
  };
  return { docker, registry, pulls, pull, images, has };
}

const signed = (digest: string, signer = release) => [signer.sign({ name: NAME, digest })];

describe('an image that has to be signed', () => {
  it('is pulled by the digest that was verified, and named by its tag', async () => {
    const { registry, pull, pulls, images } = setUp();
    registry.signatures.set(FIRST, signed(FIRST));
    await pull();
    expect(images()).toEqual([`${NAME}:1`, `${NAME}@${FIRST}`]);
    expect(pulls.signers()).toEqual(new Map([[`${NAME}@${FIRST}`, [release.key.id]]]));
  });

  it('is that one though its tag is moved between the look and the pull', async () => {
    const { registry, pull, images } = setUp();
    registry.signatures.set(FIRST, signed(FIRST));
    registry.afterResolve = () => (registry.digest = SECOND);
    await pull();
    expect(images()).toEqual([`${NAME}:1`, `${NAME}@${FIRST}`]);
  });

  it('is not pulled when it is not', async () => {
    const { registry, pull, pulls, images } = setUp();
    registry.signatures.set(FIRST, signed(FIRST, team));
    await expect(pull()).rejects.toMatchObject({
      code: 'pull-failed',
      message:
        `image ${NAME}:1 (${FIRST}) has no signature that counts: it is signed by another key; ` +
        '`images.require` of policy.yaml wants one by release',
    });
    registry.signatures.clear();
    await expect(pull()).rejects.toThrow(`image ${NAME}:1 (${FIRST}) has no signature; `);
    expect(images()).toEqual([]);
    expect(pulls.signers().size).toBe(0);
  });

  it('is not pulled when its registry does not answer, which is told with the rule', async () => {
    const { registry, pull, images } = setUp();
    registry.isAway = true;
    await expect(pull()).rejects.toMatchObject({
      code: 'pull-failed',
      message:
        `cannot verify the signature of image ${NAME}:1, which \`images.require\` of policy.yaml wants: ` +
        'registry ghcr.io cannot be reached: ECONNREFUSED',
    });
    expect(images()).toEqual([]);
  });

  it('and is on the host already is verified by the digest it was pulled by, and not pulled', async () => {
    const { registry, pull, pulls, has } = setUp();
    has(FIRST);
    registry.digest = SECOND;
    registry.signatures.set(FIRST, signed(FIRST));
    await pull();
    expect(registry.asked).toEqual([`signatures of ${FIRST}`]);
    expect([...pulls.signers().keys()]).toEqual([`${NAME}@${FIRST}`]);
  });

  it('and is not, while the registry has a good one under the tag by now, is replaced by that one', async () => {
    const { docker, registry, pull, has } = setUp();
    has(FIRST);
    registry.digest = SECOND;
    registry.signatures.set(SECOND, signed(SECOND));
    await pull();
    expect(docker.engine.images.get(`${NAME}:1`)).toBe(docker.engine.images.get(`${NAME}@${SECOND}`));
  });

  it('and was built or loaded on the host has no digest to go by: the registry is asked', async () => {
    const { docker, registry, pull, images } = setUp();
    docker.engine.images.set(`${NAME}:1`, 'sha256:built');
    await expect(pull()).rejects.toThrow('has no signature');
    registry.signatures.set(FIRST, signed(FIRST));
    await pull();
    expect(images()).toContain(`${NAME}@${FIRST}`);
  });

  it('with `image-pull: always` is the one that its tag stands for now', async () => {
    const { registry, pull, has } = setUp();
    has(FIRST);
    registry.signatures.set(FIRST, signed(FIRST));
    registry.digest = SECOND;
    await expect(pull({ anew: true })).rejects.toThrow(`(${SECOND}) has no signature`);
  });

  it('and is named by its digest is asked for by that alone', async () => {
    const { registry, pull, images } = setUp();
    registry.signatures.set(SECOND, signed(SECOND));
    await pull({ image: `${NAME}:1@${SECOND}` });
    expect(registry.asked).toEqual([`signatures of ${SECOND}`]);
    expect(images()).toEqual([`${NAME}@${SECOND}`]);
  });

  it('by two rules needs a signature for each, and what is known of one is not asked again', async () => {
    const { registry, pull } = setUp();
    registry.signatures.set(FIRST, signed(FIRST));
    await pull();
    const both = [...DEMANDS, { ...demand(team.key), rule: '`images.require` of tenants/acme/policy.yaml' }];
    await expect(pull({ demands: both })).rejects.toThrow(
      'has no signature that counts: it is signed by another key; `images.require` of tenants/acme/policy.yaml wants one by team',
    );
    registry.signatures.set(FIRST, [...signed(FIRST, team), ...signed(FIRST)]);
    await pull({ demands: both });
    const before = registry.asked.length;
    await pull({ demands: [...both].reverse() });
    expect(registry.asked.slice(before)).toEqual([]);
  });

  it('ends when its caller gives up', async () => {
    const { registry, pulls } = setUp();
    const giveUp = new AbortController();
    registry.afterResolve = () => giveUp.abort(new Error('shutting down'));
    const action = {
      kind: 'pull-image',
      image: `${NAME}:1`,
      note: undefined,
      for: '',
      signed: { demands: DEMANDS, anew: false },
    } as const;
    registry.signatures.set(FIRST, signed(FIRST));
    await expect(pulls.pull(action, giveUp.signal)).rejects.toThrow('shutting down');
  });
});
