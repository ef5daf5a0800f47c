import { DurableObject } from 'cloudflare:workers';
export class RegionWindow extends DurableObject {}
