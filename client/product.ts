/**
 * What the tabs of products are made of, served as /assets/trellis.js under a name that never changes. Lit in it is the
 * one that the interface itself uses: the policy for trusted types lets no second one in.
 */
export { LitElement, css, html, nothing, svg } from 'lit';
export { classMap } from 'lit/directives/class-map.js';
export { live } from 'lit/directives/live.js';
export { repeat } from 'lit/directives/repeat.js';
export { Task, TaskStatus } from '@lit/task';
export { changeObject, getChildren, getObject } from './api/objects.ts';
export { ApiProblem, detailOf, request, viewOf } from './api/request.ts';
export { ask } from './parts/dialog.ts';
export { formatBytes, formatNumber, plural } from './parts/format.ts';
export { ObjectChanged } from './model/changes.ts';
export { flash, flashFailure } from './state/flash.ts';
export { addressOf } from './state/route.ts';
export { Repeating } from './state/repeating.ts';
export { controls } from './styles/controls.ts';
export { HeadAside } from './model/tab.ts';

import './forms/property-form.ts';
import './parts/ago.ts';
import './parts/banner.ts';
import './parts/copy-text.ts';
import './parts/dot.ts';
import './parts/face.ts';
import './parts/loading.ts';
import './parts/list/table.ts';
