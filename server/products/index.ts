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
import type { Product } from './declarations/product.ts';
import { browserIdManager } from './sessions/browser-ids/browser-id-manager.ts';
import { ownSessionViews } from './sessions/own-sessions.ts';
import { sessionDataManager } from './sessions/session-data-manager.ts';
import { transientObjectContainer } from './sessions/transient-object-container.ts';

/** The products that every installation has; the add list shows their types in this order. */
export const products: readonly Product[] = [
  { name: 'memcache', types: [memCacheProxy, memCacheSessionDataContainer, memCacheCacheManager], views: setupViews },
  { name: 'sessions', types: [transientObjectContainer, sessionDataManager, browserIdManager], views: ownSessionViews },
  { name: 'caching', types: [ramCacheManager], views: cachingViews },
  { name: 'core', types: [folder, temporaryFolder, pageTemplate, file, image, userFolder], views: uploadViews },
];
