import { file, image } from './core/files/file.ts';
import { uploadViews } from './core/files/upload.ts';
import { folder, temporaryFolder } from './core/folder.ts';
import { pageTemplate } from './core/page-template.ts';
import { userFolder } from './core/user-folder.ts';
import { memCacheCacheManager } from './memcache/memcache-cache-manager.ts';
import { memCacheProxy } from './memcache/memcache-proxy.ts';
import { memCacheSessionDataContainer } from './memcache/memcache-session-data-container.ts';
import { setupViews } from './memcache/setup.ts';
import { cachingViews } from './caching/cache-tab.ts';
import { ramCacheManager } from './caching/ram-cache-manager.ts';
import { exampleViews } from './example.ts';
import type { Product } from './declarations/product.ts';
import { browserIdManager } from './sessions/browser-ids/browser-id-manager.ts';
import { ownSessionViews } from './sessions/own-sessions.ts';
import { recentViews } from './stores/recent.ts';
import { sessionDataManager } from './sessions/session-data-manager.ts';
import { transientObjectContainer } from './sessions/transient-object-container.ts';

/** The products that every installation has; the add list shows their types in this order. */
export const products: readonly Product[] = [
  {
    name: 'memcache',
    types: [memCacheProxy, memCacheSessionDataContainer, memCacheCacheManager],
    views: setupViews,
    permissions: [
      { name: 'Add MemCache Proxies', description: 'Add proxies, and so name memcached servers.' },
      { name: 'Add MemCache Session Data Containers', description: 'Add containers that keep sessions in memcached.' },
      { name: 'Add MemCache Cache Managers', description: 'Add cache managers that keep pages in memcached.' },
      {
        name: 'Inspect cache contents',
        description: 'See every key on the memcached servers of a proxy, and what is under it, whoever put it there.',
      },
    ],
  },
  {
    name: 'sessions',
    types: [transientObjectContainer, sessionDataManager, browserIdManager],
    views: [...ownSessionViews, ...recentViews],
    permissions: [
      { name: 'Add Transient Object Containers', description: 'Add containers that keep sessions in process memory.' },
      { name: 'Add Session Data Managers', description: 'Add session data managers.' },
      { name: 'Add Browser Id Managers', description: 'Add browser id managers.' },
      {
        name: 'Change Session Data Managers',
        description: 'Change where sessions are kept and what they are called.',
      },
      { name: 'Change Browser Id Managers', description: 'Change how browsers are recognised.' },
      { name: 'Access arbitrary user session data', description: 'See and end the sessions of others.' },
      {
        name: 'Access session data',
        description: 'Have a session, and read and change what is in it.',
        roles: ['Anonymous', 'Authenticated'],
      },
    ],
  },
  {
    name: 'caching',
    types: [ramCacheManager],
    views: cachingViews,
    permissions: [
      { name: 'Add RAM Cache Managers', description: 'Add cache managers that keep pages in process memory.' },
      {
        name: 'Change cache managers',
        description: 'Change how a cache manager keeps pages, and of which objects.',
      },
      {
        name: 'Change cache settings',
        description: 'Choose the cache manager of an object, and forget what it keeps of it.',
      },
    ],
  },
  {
    name: 'core',
    types: [folder, temporaryFolder, pageTemplate, file, image, userFolder],
    views: [...uploadViews, ...exampleViews],
    permissions: [
      { name: 'Add Folders', description: 'Add folders.' },
      { name: 'Add Temporary Folders', description: 'Add temporary folders.' },
      { name: 'Add Page Templates', description: 'Add page templates.' },
      { name: 'Add Documents, Images, and Files', description: 'Upload files and images.' },
      {
        name: 'Change Images and Files',
        description: 'Replace the contents of files and images, and change their types.',
      },
      { name: 'Add User Folders', description: 'Add user folders.' },
      { name: 'Manage users', description: 'Add and remove users, and change their passwords and roles.' },
    ],
  },
];
