import { checkMounts } from './check-mounts.ts';
import { mappingsAt, textAt, textsAt, type Mapping } from './fields.ts';
import { errorAt, quote, unknownName, type Finding } from './finding.ts';

/** Names inside an application that have to stand for something in it. */
export function checkReferences(application: Mapping): readonly Finding[] {
  return [
    ...checkUpgradeServices(application),
    ...checkDependencies(application),
    ...mappingsAt(application, 'services').flatMap(checkMounts),
  ];
}

function checkDependencies(application: Mapping): readonly Finding[] {
  const own = textAt(application, 'name')?.text;
  const listed = new Set<string>();
  return textsAt(application, 'depends-on').flatMap(({ path, text }) => {
    if (text === own) return [errorAt(path, 'the application depends on itself, so it could never be started')];
    if (listed.has(text)) return [errorAt(path, `the application ${quote(text)} is listed twice`)];
    listed.add(text);
    return [];
  });
}

/** Contract 8.4: a listed service that does not exist is an error, and so is one listed twice. */
function checkUpgradeServices(application: Mapping): readonly Finding[] {
  const known = new Set(mappingsAt(application, 'services').flatMap((service) => textAt(service, 'name')?.text ?? []));
  return mappingsAt(application, 'upgrade-from').flatMap((entry) => {
    const listed = new Set<string>();
    return mappingsAt(entry, 'services').flatMap((service) => {
      const name = textAt(service, 'name');
      if (name === undefined) return [];
      if (!known.has(name.text)) return [unknownName(name, 'service', known)];
      if (listed.has(name.text)) return [errorAt(name.path, `the service ${quote(name.text)} is listed twice`)];
      listed.add(name.text);
      return [];
    });
  });
}
