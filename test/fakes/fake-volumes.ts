import { throwHalfLabelled, throwNameTaken, throwOtherKind } from '../../src/docker/name-taken.ts';
import { DockerError } from '../../src/docker/port.ts';
import { toDriverOptions, toObservedVolume, toUnsizedOptions } from '../../src/docker/volume-options.ts';
import { SANDBOX_FILES, type DesiredFile, type DesiredMount } from '../../src/model/desired.ts';
import { noteTold, type Told } from '../../src/model/files.ts';
import type { Labels } from '../../src/model/labels.ts';
import { logFromLabels, logSizeLabel } from '../../src/model/log-labels.ts';
import { markerFromLabels, type ObservedMarker } from '../../src/model/markers.ts';
import { LABEL } from '../../src/model/names.ts';
import type { ObservedFiles, ObservedLog, ObservedVolume } from '../../src/model/observed.ts';
import type { ActionOf, FilesNote, LogToKeep } from '../../src/model/plan.ts';
import type { FakeLine } from './fake-container.ts';

export interface FakeVolume {
  readonly name: string;
  readonly labels: Labels;
  /** Of the driver. */
  readonly options: Readonly<Record<string, string>>;
  /** Of a config map. */
  generation: string;
  switchedAt: number;
  told: Told;
  files: readonly DesiredFile[];
}

type Mounted = readonly Pick<DesiredMount, 'volume' | 'path'>[];

/** The volumes of a fake engine. */
export class FakeVolumes {
  /** Whether its file system has quotas, to enforce sizes on disk. */
  enforcesSizes = true;
  readonly #volumes = new Map<string, FakeVolume>();

  find(name: string): FakeVolume | undefined {
    return this.#volumes.get(name);
  }

  ownedBy(owner: string): readonly ObservedVolume[] {
    const owned = [...this.#volumes.values()].filter(({ labels }) => labels[LABEL.owner] === owner);
    return owned.flatMap((volume) => observe(volume) ?? []);
  }

  inspect(name: string): ObservedVolume | undefined {
    const volume = this.find(name);
    return volume && observe(volume);
  }

  /** Undefined when the same one is there already. */
  create({ volume, labels }: ActionOf<'create-volume'>): FakeVolume | undefined {
    const present = this.find(volume.name);
    if (present === undefined) {
      return this.make(volume.name, labels, this.enforcesSizes ? toDriverOptions(volume) : toUnsizedOptions(volume));
    }
    const owner = present.labels[LABEL.owner];
    if (owner !== labels[LABEL.owner]) throwNameTaken(volume.name, 'volume', owner);
    if (IDENTITY.some((label) => present.labels[label] !== labels[label])) throwHalfLabelled(volume.name, 'volume');
    const kind = present.labels[LABEL.volumeKind];
    if (kind !== labels[LABEL.volumeKind]) throwOtherKind(volume.name, kind);
    return undefined;
  }

  /** `docker volume create`, and what a container does that mounts one that is not there. */
  make(name: string, labels: Labels = {}, options: FakeVolume['options'] = {}): FakeVolume {
    const volume = { name, labels, options, generation: '', switchedAt: 0, told: {}, files: [] };
    this.#volumes.set(name, volume);
    return volume;
  }

  /** Undefined when it was gone already. */
  remove(name: string, isUsed: boolean): FakeVolume | undefined {
    const volume = this.find(name);
    if (volume === undefined) return undefined;
    if (isUsed) throw new DockerError('conflict', `cannot remove volume ${name}: volume is in use`);
    this.#volumes.delete(name);
    return volume;
  }

  logsOf(owner: string): readonly ObservedLog[] {
    return [...this.#volumes.values()].flatMap((volume) => {
      const log = observeLog(volume);
      return log?.identity.owner === owner ? [log] : [];
    });
  }

  markersOf(owner: string): readonly ObservedMarker[] {
    const markers = [...this.#volumes.values()].flatMap(({ name, labels }) => markerFromLabels(name, labels) ?? []);
    return markers.filter((marker) => marker.owner === owner);
  }

  inspectMarker(name: string): ObservedMarker | undefined {
    return markerFromLabels(name, this.find(name)?.labels ?? {});
  }

  /** False when the same one is there already. */
  mark(name: string, labels: Labels): boolean {
    const present = this.find(name);
    if (present === undefined) {
      this.make(name, labels);
      return true;
    }
    const owner = present.labels[LABEL.owner];
    if (owner !== labels[LABEL.owner]) throwNameTaken(name, 'volume', owner);
    if (present.labels[LABEL.marker] !== labels[LABEL.marker]) throwHalfLabelled(name, 'volume');
    return false;
  }

  inspectLog(name: string): ObservedLog | undefined {
    const volume = this.find(name);
    return volume && observeLog(volume);
  }

  /** False when there is nothing to keep. */
  keepLog({ volume, labels, maxBytes, since }: LogToKeep, logged: readonly FakeLine[]): boolean {
    const lines = logged.filter(({ at }) => at >= since);
    const records = lines.map(({ at, text, stream }) => `${new Date(at).toISOString()} ${stream} F ${text}\n`);
    if (records.length === 0) return false;
    const present = this.find(volume);
    const owner = present?.labels[LABEL.owner];
    if (present !== undefined && owner !== labels[LABEL.owner]) throwNameTaken(volume, 'volume', owner);
    while (maxBytes > 0 && records.join('').length > maxBytes) records.shift();
    const data = records.join('');
    const file = { name: '000001', data, mode: 0o644, uid: 0, gid: 0 };
    this.make(volume, { ...labels, ...logSizeLabel(data.length) }).files = [file];
    return true;
  }

  /** The lines of what `keepLog` kept. */
  readKept(name: string, owner: string): readonly string[] {
    const volume = this.find(name);
    if (volume === undefined || observeLog(volume)?.identity.owner !== owner)
      throw new DockerError('conflict', `cannot read the kept log ${name}: there is no such log`);
    return volume.files.flatMap(({ data }) => data.split('\n').filter((line) => line !== ''));
  }

  write({ files }: ActionOf<'write-files'>, sandbox: Mounted, now: number): void {
    const volume = this.#at(files.directory, sandbox);
    if (volume.generation !== files.generation) volume.switchedAt = now;
    Object.assign(volume, { generation: files.generation, files: files.files });
  }

  note({ directory, container, generation }: FilesNote, sandbox: Mounted): void {
    const volume = this.#at(directory, sandbox);
    volume.told = noteTold(volume.told, container, generation);
  }

  /** What a running sandbox with these mounts shows. */
  filesOf(sandbox: Mounted): Readonly<Record<string, ObservedFiles>> {
    const mounted = sandbox.filter(({ path }) => path.startsWith(`${SANDBOX_FILES}/`));
    return Object.fromEntries(
      mounted.map(({ path }) => {
        const { generation, switchedAt, told } = this.#at(path, sandbox);
        return [path.slice(SANDBOX_FILES.length + 1), { generation, switchedAt, told }];
      }),
    );
  }

  #at(directory: string, sandbox: Mounted): FakeVolume {
    const volume = this.find(sandbox.find(({ path }) => path === directory)?.volume ?? '');
    if (volume === undefined) throw new DockerError('conflict', `Could not find the file ${directory} in container`);
    return volume;
  }
}

const IDENTITY = [LABEL.tenant, LABEL.application, LABEL.service, LABEL.instance, LABEL.volume] as const;

function observeLog({ name, labels }: FakeVolume): ObservedLog | undefined {
  return logFromLabels(name, labels);
}

function observe({ name, labels, options }: FakeVolume): ObservedVolume | undefined {
  return toObservedVolume({ Name: name, Labels: labels, Options: options });
}
