// A function app that does nothing but show what its host does. Each file is one group of facts.
import './activities.ts';
import './basics.ts';
import './generations.ts';
import './lane.ts';
import './triggers.ts';
import './versions.ts';
import './waits.ts';
