import { render } from 'preact';
import { App } from './app';
import './styles/index.css';

const page = document.getElementById('page');
if (page === null) throw new Error('index.html has no element for the page');
render(<App />, page);
