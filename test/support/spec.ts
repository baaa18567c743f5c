import { parseEnvironmentSpec } from '../../shared/model/environmentSpec.ts';
