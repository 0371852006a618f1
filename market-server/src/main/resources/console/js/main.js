// Puts the page together: the link and the market are its state, the parts draw it, the address says which view is shown.
import { byId, setClass } from './dom.js';
import { useLocale } from './format.js';
import { Link } from './link.js';
import { Market } from './market.js';
import { onRoute, route } from './router.js';
import { fillTexts, switchLanguage } from './texts.js';
import { ConnectionBadge, OfflineBanner } from './parts/connection-badge.js';
import { GatewayView } from './parts/gateway-view.js';
import { MarketView } from './parts/market-view.js';
import { Messages } from './parts/messages.js';
import { ReplayView } from './parts/replay-view.js';
import { SignIn } from './parts/sign-in.js';
import { Sparklines } from './parts/sparklines.js';

useLocale();
fillTexts(document);

const link = new Link();
const market = new Market(link);
const status = byId('status');
new OfflineBanner(byId('banners'), link, () => location.reload());
new ConnectionBadge(status, link);
const messages = new Messages(status, byId('toasts'), link);
// Another user may see other rooms and messages: everything begins anew.
const signIn = new SignIn(status, link, () => location.reload());
byId('language').addEventListener('click', switchLanguage);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // The address says which view is shown.
  byId('content').focus();
});

const views = {
  market: new MarketView(byId('market'), link, market, new Sparklines(link)),
  replay: new ReplayView(byId('replay'), link, market),
  gateway: new GatewayView(byId('gateway'), link),
};

function showView() {
  const { view } = route();
  const shown = Object.hasOwn(views, view) ? view : 'market';
  for (const name of Object.keys(views)) {
    if (name !== shown && !views[name].root.hidden) {
      views[name].hide();
    }
  }
  for (const anchor of document.querySelectorAll('nav a[data-view]')) {
    const current = anchor.dataset.view === shown;
    setClass(anchor, 'current', current);
    if (current) {
      anchor.setAttribute('aria-current', 'page');
    } else {
      anchor.removeAttribute('aria-current');
    }
  }
  views[shown].show();
}

let shownUser;

function showUser() {
  const userId = link.identity?.userId ?? null;
  if (userId !== shownUser) {
    shownUser = userId;
    signIn.show(userId);
    messages.show(userId);
  }
}

market.start();
onRoute(showView);
showView();
link.onChange(showUser);
showUser();
link.client.ready.catch(() => {}); // Who cannot connect is told so by the banner.
