import '@awesome.me/webawesome/dist/styles/themes/default.css';
import './styles/tokens.css';
import './styles/web-awesome.css';
import './styles/base.css';
import './shell/app-shell.ts';
import { listenToBrowser } from './state/location.ts';
import { noticeDeeds } from './state/presence.ts';
import { applyTheme } from './state/theme.ts';

applyTheme();
listenToBrowser();
noticeDeeds();
