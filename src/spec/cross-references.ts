import type { Catalog, ValidDocument } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import { checkQuotas } from '../policy/check-quotas.ts';
import { checkDependencies } from './check-dependencies.ts';
import { mayBeRejected, problemOf } from './document-problems.ts';
import { mappingAt, mappingOf, mappingsAt, textAt, textsAt } from './fields.ts';
import { formatPath, quote } from './finding.ts';
import { nearest } from './nearest.ts';
import { compareProblems } from './problems.ts';

type Application = ValidDocument<'application'>;
type Deployment = ValidDocument<'application-deployment'>;

/**
 * What one document says about another that is not so, and what they come to together that a quota does not allow. It rejects nothing: a deployment may come before its
 * application. Shown by `validate` (contract 2).
 */
export function checkCrossReferences(catalog: Catalog): readonly Problem[] {
  const applications = indexApplications(catalog);
  const problems = catalog.documents.flatMap((document) => {
    switch (document.kind) {
      case 'application':
        return checkAffinities(document);
      case 'application-deployment':
        return checkDeployment(document, applications, catalog);
      case 'site':
      case 'tenant':
      case 'policy':
        return [];
      default:
        return document satisfies never;
    }
  });
  return [...problems, ...checkDependencies(catalog), ...checkQuotas(catalog)].sort(compareProblems);
}

/** By tenant and name. */
type ApplicationIndex = ReadonlyMap<string, ReadonlyMap<string, Application>>;

function indexApplications({ documents }: Catalog): ApplicationIndex {
  const index = new Map<string, Map<string, Application>>();
  for (const document of documents) {
    if (document.kind !== 'application') continue;
    const ofTenant = index.get(document.tenant) ?? new Map<string, Application>();
    index.set(document.tenant, ofTenant.set(document.name, document));
  }
  return index;
}

function checkDeployment(deployment: Deployment, applications: ApplicationIndex, catalog: Catalog): readonly Problem[] {
  const wanted = deployment.spec.application;
  const ofTenant = applications.get(deployment.tenant);
  const application = ofTenant?.get(wanted);
  if (application !== undefined) return checkVersion(deployment, application);
  if (mayBeRejected(deployment.tenant, wanted, catalog)) return [];
  const close = nearest(wanted, ofTenant?.keys() ?? []);
  const hint = close === undefined ? '' : ` (did you mean \`${close}\`?)`;
  const message = `application: there is no application ${quote(wanted)}${hint}`;
  return [problemOf(deployment, { message, rule: 'revision/references' })];
}

/** Offline there is no history: an older version may be right, and may be mistyped. */
function checkVersion(deployment: Deployment, application: Application): readonly Problem[] {
  const pinned = deployment.spec['application-version'] ?? '*';
  const current = application.spec.version;
  if (pinned === '*' || pinned === current) return [];
  const has = current === undefined ? 'has no version' : `is at version ${quote(current)}`;
  const place = `${application.file}:${application.line}`;
  const message =
    `application-version: ${quote(pinned)} is pinned, but the application ${has} (${place}); ` +
    'that version has to be in the history of the repository';
  return [problemOf(deployment, { message, severity: 'warning', rule: 'revision/references' })];
}

function checkAffinities(document: Application): readonly Problem[] {
  const services = mappingsAt(mappingOf(document.spec), 'services');
  const known = new Set(services.flatMap((service) => textAt(service, 'name')?.text ?? []));
  return services
    .flatMap((service) => {
      const placement = mappingAt(service, 'placement');
      return ['preferred-affinity', 'preferred-anti-affinity'].flatMap((key) =>
        textsAt(mappingAt(placement, key), 'services'),
      );
    })
    .filter(({ text }) => !known.has(text))
    .map(({ path, text }) => {
      const message = `${formatPath(path)}: there is no service ${quote(text)} in this application`;
      return problemOf(document, { message, severity: 'warning', rule: 'revision/references' });
    });
}
