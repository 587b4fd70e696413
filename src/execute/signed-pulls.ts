import { DockerError, type DockerPort } from '../docker/port.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { ObservedImage } from '../model/observed.ts';
import type { ActionOf, SignedPull } from '../model/plan.ts';
import { unmetDemand, type KnownSigners, type SignatureDemand } from '../model/signature-demand.ts';
import { digestIn } from '../plan/signed-images.ts';
import { fullImageName } from '../policy/registries.ts';
import type { RegistryPort } from '../registry/port.ts';
import type { SignerMemory } from '../registry/signer-memory.ts';
import { BY_ANOTHER, judgeImageSignatures } from '../signatures/image-signature.ts';
import { describeUnsigned } from '../signatures/describe-unsigned.ts';

export interface SignedPullsOptions {
  readonly docker: DockerPort;
  readonly registry: RegistryPort;
  readonly memory: SignerMemory;
}

/** Brings images that have to be signed, and knows who has signed what. */
export interface SignedPulls {
  /**
   * Sees to it that the host has a signed image under this name: the one that is there when it is signed, else the one
   * its tag stands for, pulled by the digest that was verified. @throws DockerError
   */
  pull(action: ActionOf<'pull-image'>, signal: AbortSignal): Promise<void>;
  signers(): KnownSigners;
}

/** Everything that is asked of a registry for one image; each of its answers has a time of its own. */
const TIMEOUT_MS = 90_000;

export function createSignedPulls({ docker, registry, memory }: SignedPullsOptions): SignedPulls {
  async function bring(action: ActionOf<'pull-image'>, signed: SignedPull, signal: AbortSignal): Promise<void> {
    const { image, note } = action;
    const { name: written, tag } = parseImageReference(image);
    const repository = { image, name: fullImageName(image), demands: signed.demands };
    const asking = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const verdicts = new Map<string, string | undefined>();
    const complaintAbout = async (digest: string) => {
      if (!verdicts.has(digest)) verdicts.set(digest, await verify({ ...repository, digest }, asking));
      return verdicts.get(digest);
    };
    const here = digestsOf(await docker.inspectImage(image, signal), { name: repository.name, tag });
    for (const digest of signed.anew ? [] : here) if ((await complaintAbout(digest)) === undefined) return;
    const digest = isDigest(tag) ? tag : await registry.resolve({ name: repository.name, tag }, asking);
    const complaint = await complaintAbout(digest);
    if (complaint !== undefined) throw new DockerError('pull-failed', complaint);
    if (here.includes(digest)) return;
    if (note !== undefined) await docker.createMarker({ kind: 'create-marker', ...note }, signal);
    // BY THE DIGEST THAT WAS VERIFIED: the tag may stand for another one by now.
    await docker.pullImage(`${written}@${digest}`, signal);
    if (!isDigest(tag)) await docker.tagImage(`${written}@${digest}`, { name: written, tag }, signal);
  }

  /** Why the image is not signed as demanded; undefined: it is. */
  async function verify(subject: Subject, signal: AbortSignal): Promise<string | undefined> {
    const { name, digest, demands } = subject;
    const key = `${name}@${digest}`;
    const before = memory.known().get(key) ?? [];
    const signers = new Set(before);
    const reasons = new Set<string>();
    const keys = demands.flatMap((demand) => demand.keys);
    if (unmetDemand(demands, before) === undefined) return undefined;
    for await (const found of registry.signaturesOf({ name, digest }, signal)) {
      const judged = judgeImageSignatures(found, { name, digest }, { keys, fullName: fullImageName });
      for (const signer of judged.signers) signers.add(signer);
      for (const reason of judged.reasons) reasons.add(reason);
      if (unmetDemand(demands, [...signers]) === undefined) break;
    }
    if (signers.size > before.length) await memory.note(key, [...signers].sort());
    if (signers.size > 0) reasons.add(BY_ANOTHER);
    const demand = unmetDemand(demands, [...signers]);
    return demand && describeUnsigned({ ...subject, demand, reasons: [...reasons] });
  }

  return {
    signers: () => memory.known(),
    async pull(action, signal) {
      const { image, signed } = action;
      if (signed === undefined) throw new DockerError('refused', `nothing is demanded of the signatures of ${image}`);
      try {
        await bring(action, signed, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof DockerError ? error : toDockerError(image, signed.demands, error);
      }
    },
  };
}

interface Subject {
  /** As the specification has it. */
  readonly image: string;
  /** With the registry, without tag and digest. */
  readonly name: string;
  readonly digest: string;
  readonly demands: readonly SignatureDemand[];
}

/** By which the host has it from this repository; where a reference names one, that alone. */
function digestsOf(
  found: ObservedImage | undefined,
  { name, tag }: { readonly name: string; readonly tag: string },
): readonly string[] {
  const own = (found?.digests ?? []).filter((known) => fullImageName(known) === name).map(digestIn);
  return [...new Set(own)].filter((digest) => !isDigest(tag) || digest === tag);
}

function isDigest(tag: string): boolean {
  return tag.startsWith('sha256:');
}

function toDockerError(image: string, [demand]: readonly SignatureDemand[], error: unknown): DockerError {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const late = `its registry did not answer everything within ${TIMEOUT_MS / 1000} s`;
  const why = isLate ? late : error instanceof Error ? error.message : String(error);
  const rule = demand === undefined ? '' : `, which ${demand.rule} wants`;
  return new DockerError('pull-failed', `cannot verify the signature of image ${image}${rule}: ${why}`, {
    cause: error,
  });
}
