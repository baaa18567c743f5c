// Loaded where it is used. A CommonJS package has no names of its own when a bundle imports it dynamically, so the name is
// taken statically here, and this module is what is imported dynamically.
export { EventGridManagementClient } from '@azure/arm-eventgrid';
