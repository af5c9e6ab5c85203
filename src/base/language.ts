// The language of VS Code, as numbers and lists are written in it.
import { env } from 'vscode';
import { validLanguage } from '../../worker/base/valid-language';

export const language = validLanguage(env.language);
