import { describe, expect, it } from 'vitest';
import { checkQuotas } from '../../src/policy/check-quotas.ts';
import { applicationText, catalogOf, deploymentText, OWN, ROOT } from './policy-texts.ts';

const LIMITS = ['memory: 512MiB', 'cpus: 0.5'];

/** Applications of acme called a, b, … of so many replicas, deployed everywhere. */
function replicas(...counts: readonly number[]): Record<string, string> {
  const files = counts.flatMap((count, index) => {
    const name = String.fromCharCode(97 + index);
    return Object.entries(deployed(name, applicationText(name, [`replicas: ${count}`], LIMITS)));
  });
  return Object.fromEntries(files);
}

function deployed(name: string, text: string, deployment = deploymentText(name)): Record<string, string> {
  return {
    [`tenants/acme/applications/${name}.yaml`]: text,
    [`tenants/acme/application-deployments/${name}.yaml`]: deployment,
  };
}

const problems = (files: Readonly<Record<string, string>>) =>
  checkQuotas(catalogOf(files)).map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);

const MEND = 'what is beyond is not made; remove something or have the quota changed';

describe('the quota of a tenant', () => {
  it('is told of at the application that crosses it, in the order of their names', () => {
    expect(problems({ [ROOT]: 'quotas: { instances: 4 }', ...replicas(2, 2, 1, 1) })).toEqual([
      'tenants/acme/applications/c.yaml:1:7: at site local: tenant acme may have 4 instances at a site ' +
        `(\`quotas.instances\` of policy.yaml), and with this it would have 5 instances; ${MEND}`,
    ]);
    expect(problems({ [ROOT]: 'quotas: { instances: 4 }', ...replicas(2, 2) })).toEqual([]);
  });

  it('counts the limits of what is deployed', () => {
    expect(problems({ [ROOT]: 'quotas: { memory: 1 GiB }', ...replicas(2, 1) })).toEqual([
      expect.stringContaining(
        '1 GiB of memory at a site (`quotas.memory` of policy.yaml), and with this it would have 1.5 GiB',
      ),
    ]);
    expect(problems({ [ROOT]: 'quotas: { cpus: 1 }', ...replicas(3) })).toEqual([
      expect.stringContaining(
        '1 processor at a site (`quotas.cpus` of policy.yaml), and with this it would have 1.5 proc',
      ),
    ]);
    const notDeployed = { 'tenants/acme/applications/z.yaml': applicationText('z', ['replicas: 9'], LIMITS) };
    expect(problems({ [ROOT]: 'quotas: { instances: 1 }', ...replicas(1), ...notDeployed })).toEqual([]);
  });

  it('counts an init container only where it has more than the containers together', () => {
    const files = (memory: string) =>
      deployed(
        'a',
        applicationText('a', [`init-containers: [{ name: init, image: x, memory: ${memory} }]`], ['memory: 512MiB']),
      );
    expect(problems({ [ROOT]: 'quotas: { memory: 512MiB }', ...files('512MiB') })).toEqual([]);
    expect(problems({ [ROOT]: 'quotas: { memory: 512MiB }', ...files('513MiB') })).toHaveLength(1);
  });

  it('is the smallest that a policy says', () => {
    const root = 'quotas: { instances: 1 }\ntenants: { acme: { quotas: { instances: 5 } } }';
    expect(problems({ [ROOT]: root, ...replicas(3) })).toEqual([]);
    expect(problems({ [ROOT]: root, [OWN]: 'quotas: { instances: 2 }', ...replicas(3) })).toEqual([
      expect.stringContaining(`2 instances at a site (\`quotas.instances\` of ${OWN})`),
    ]);
    expect(problems({ [ROOT]: root, [OWN]: 'quotas: { instances: 9 }', ...replicas(6) })).toEqual([
      expect.stringContaining('5 instances at a site (`tenants.acme.quotas.instances` of policy.yaml)'),
    ]);
  });

  it('is one of each site, and counts what comes there', () => {
    const sites = {
      'sites/north.yaml': 'name: north\nlabels: { region: n }\nhosts: [{ name: n1 }]\n',
      'sites/south.yaml': 'name: south\nlabels: { region: s }\nhosts: [{ name: s1, labels: { gpu: "yes" } }]\n',
    };
    const at = (region: string) => `name: b\napplication: b\nplacement:\n  match-site-labels: region = ${region}\n`;
    const two = (text: string) => ({ ...replicas(1), ...deployed('b', text, at('s')) });
    expect(
      problems({ [ROOT]: 'quotas: { instances: 2 }', ...sites, ...two(applicationText('b', ['replicas: 2'])) }),
    ).toEqual([expect.stringContaining('at site south: tenant acme may have 2 instances')]);
    const onHosts = (labels: string) =>
      applicationText('b', ['mode: one-per-matching-host', `placement: { match-host-labels: ${labels} }`]);
    const quota = { [ROOT]: 'quotas: { instances: 1 }', ...sites };
    expect(problems({ ...quota, ...two(onHosts('gpu = yes')) })).toHaveLength(1);
    expect(problems({ ...quota, ...two(onHosts('gpu = no')) })).toEqual([]);
  });

  it('of nothing lets nothing be deployed', () => {
    expect(problems({ [ROOT]: 'quotas: { instances: 0 }', ...replicas(1) })).toHaveLength(1);
  });
});
