/** Bundled beside the script (packaging/page.ts). */
declare module '*.css';
