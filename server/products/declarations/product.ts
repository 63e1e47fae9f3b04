import type { Permission } from '../../../schema/permissions.ts';
import type { TypeDefinition } from '../../objects/types.ts';
import type { View } from '../../publisher/views.ts';

/** What brings types: the core itself is made of products. */
export interface Product {
  /** Small letters, digits and "-": it is part of addresses. */
  readonly name: string;
  readonly types: readonly TypeDefinition[];
  /** Permissions of its own, for its types to ask for. Manager has them all; `roles` says who else. */
  readonly permissions?: readonly OwnPermission[];
  /** Views that its types need on objects of other types. */
  readonly views?: readonly View[];
  /** The folder with the modules of its tabs: `<element>.js` defines an element. Everybody can fetch what is in it. */
  readonly client?: URL;
}

export type OwnPermission = Omit<Permission, 'roles'> & Partial<Pick<Permission, 'roles'>>;
