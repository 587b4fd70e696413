import type { Forge, ForgeName } from './forge.ts';
import { generic } from './generic.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';

export const FORGE: Readonly<Record<ForgeName, Forge>> = { github, gitlab, gitea, generic };
