import type { View } from '../publisher/views.ts';
import { signInViews } from './sign-in.ts';
import { clipboardViews } from './clipboard.ts';
import { consequencesViews } from './consequences.ts';
import { folderViews } from './folder.ts';
import { formCheckViews } from './form-check.ts';
import { newsViews } from './news.ts';
import { objectViews } from './object.ts';
import { ownLoginViews } from './own-logins.ts';
import { ownPasswordViews } from './own-password.ts';
import { searchViews } from './search.ts';

/** What objects answer whatever their type is, by themselves. */
export const coreViews: readonly View[] = [
  ...objectViews,
  ...folderViews,
  ...formCheckViews,
  ...consequencesViews,
  ...clipboardViews,
  ...signInViews,
  ...ownLoginViews,
  ...ownPasswordViews,
  ...newsViews,
  ...searchViews,
];
