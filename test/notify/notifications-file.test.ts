import { describe, expect, it } from 'vitest';
import { parseNotifications } from '../../src/notify/notifications-file.ts';
import { FileProblems } from '../../src/placed-yaml/read-file.ts';

const STATUS = `commit-status:
  forge: github
  repository: acme/fleet
  token-file: /etc/fairlead/token
`;
const OPS = `notify:
  - name: ops
    kind: slack
    url-file: /etc/fairlead/slack-url
`;

function problemsOf(text: string): string {
  try {
    parseNotifications(text, 'n.yaml');
  } catch (error) {
    if (error instanceof FileProblems) return error.message;
    throw error;
  }
  return '';
}

describe('a notifications file', () => {
  it('may have either part, and defaults', () => {
    expect(parseNotifications(STATUS, 'n.yaml')).toEqual({
      status: {
        ...{ forge: 'github', api: 'https://api.github.com', repository: 'acme/fleet' },
        ...{ tokenFile: '/etc/fairlead/token', context: 'fairlead', link: undefined },
      },
      notices: [],
    });
    expect(parseNotifications(OPS, 'n.yaml')).toMatchObject({
      status: undefined,
      notices: [{ name: 'ops', kind: 'slack', on: ['failure', 'recovery'], secretFile: undefined }],
    });
  });

  it('of GitLab takes a number or a path, and the address of the API', () => {
    const gitlab =
      'commit-status: { forge: gitlab, api: https://git.example.com/api/v4/, repository: 17, token-file: /t }';
    expect(parseNotifications(gitlab, 'n.yaml').status).toMatchObject({
      api: 'https://git.example.com/api/v4',
      repository: '17',
    });
    expect(problemsOf(gitlab.replace('api: https://git.example.com/api/v4/, ', ''))).toContain(
      'api: expected an address',
    );
  });

  it.each([
    ['no map', '[]', 'n.yaml:1:1: expected the keys commit-status and notify'],
    ['nothing', '', 'n.yaml:1:1: expected the keys'],
    ['no YAML', 'a: [', 'not valid YAML'],
    ['an unknown key', `${STATUS}  tokn: x\n`, 'n.yaml:5:3: unknown key, expected one of forge'],
    ['an unknown forge', STATUS.replace('github', 'bitbucket'), 'n.yaml:2:10: forge: expected one of github'],
    ['an odd repository', STATUS.replace('acme/fleet', 'fleet'), 'repository: expected OWNER/NAME'],
    ['a relative path', STATUS.replace('/etc/fairlead/token', 'token'), 'token-file: expected the path of a file'],
    ['no token', STATUS.replace(/ {2}token.*\n/, ''), 'token-file: expected the path of a file'],
    ['credentials in an address', `${STATUS}  link: https://u:hunter2hunter2@x/\n`, 'without credentials'],
    ['a script for a link', `${STATUS}  link: javascript:alert(1)\n`, 'link: expected an address'],
    [
      'a Slack address in place of its file',
      OPS.replace('url-file: /', 'url-file: https://hooks.slack.com/hunter2'),
      'url-file:',
    ],
    ['an unknown kind', OPS.replace('slack\n', 'email\n'), 'n.yaml:3:11: kind: expected slack or webhook'],
    ['an unknown event', `${OPS}    on: [failure, everything]\n`, 'on: expected a list of failure, recovery, success'],
    ['an empty list of events', `${OPS}    on: []\n`, 'on: expected a list'],
    ['an unknown placeholder', `${OPS}    template: '{{sit}}'\n`, 'n.yaml:5:15: template: knows the placeholders'],
    ['a signature for Slack', `${OPS}    secret-file: /x\n`, 'only a webhook is signed'],
    ['two of a name', `${OPS}${OPS.replace('notify:\n', '')}`, 'there is another one of this name'],
    ['the name of the lane of statuses', OPS.replace('ops', 'commit-status'), 'there is another one of this name'],
    ['no list', 'notify: ops', 'notify: expected a list of one entry to 20'],
  ])('with %s is refused with the place, quoting nothing', (_, text, sentence) => {
    const problems = problemsOf(text);
    expect(problems).toContain(sentence);
    expect(problems).not.toContain('hunter2');
  });
});
