import { render } from 'preact';
import { App } from './views/App.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/environments.css';
import './styles/environment.css';
import './styles/map.css';
import './styles/timeline.css';
import './styles/services.css';

const page = document.getElementById('page');
if (page !== null) {
  page.replaceChildren();
  render(<App />, page);
}
