import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { commandLine, type CommandLine } from '../support/commandLine.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, FIREWALL, shopOf, type Shop } from '../support/shop.ts';

let cloud: TestCloud;
let line: CommandLine;
let shop: Shop;
beforeAll(async () => {
  cloud = await startTestCloud({ start: Date.now(), callerAddress: '198.51.100.7' });
  line = commandLine(cloud);
});
afterAll(async () => {
  line.close();
  await cloud.close();
});

const gatehouse = (...words: string[]) => line.gatehouse(...words);

/** From the first day to the last, by the command alone: each test goes on where the one before has ended. */
describe('the life of an environment', () => {
  test('init writes a spec that the plan takes, and 2 says that something would change', async () => {
    expect(await gatehouse('init', 'shop')).toMatchObject({ code: 0, out: expect.stringContaining('shop.yaml') });
    expect(await gatehouse('init', 'shop')).toMatchObject({ code: 1, err: expect.stringContaining('--force') });
    const file = join(line.directory, 'shop.yaml');
    // Two deletions at once are too many here.
    const less = readFileSync(file, 'utf8').replace(
      'policy: sync',
      'maxDeletes: { count: 1, percent: 0 }\n  policy: sync',
    );
    writeFileSync(file, less);
    const { code, out } = await gatehouse('plan', '-f', file, '--detailed-exitcode');
    expect(code).toBe(2);
    expect(out).toContain('+ Microsoft.Network/azureFirewalls/shop-fw');
    expect((await gatehouse('plan', '-f', file)).code).toBe(0);
    expect((await gatehouse('list')).out).toContain('There are no environments.');
  });

  test('up begins nothing without a yes', async () => {
    const file = join(line.directory, 'shop.yaml');
    expect(await gatehouse('up', '-f', file)).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
    line.answers.push('n');
    expect(await gatehouse('up', '-f', file)).toMatchObject({ code: 1, err: 'Nothing was done.\n' });
    expect((await gatehouse('list', '-o', 'json')).out).toBe('[]\n');
  });

  test('up --watch follows the creation step by step to its end', async () => {
    const { code, out } = await gatehouse('up', '-f', join(line.directory, 'shop.yaml'), '--watch', '--yes');
    expect(code).toBe(0);
    expect(out).toMatch(
      / starts {2}Firewall with its rules\n[^]* done {4}Firewall with its rules {2}\d+ s\n[^]* done {4}Cluster/,
    );
    expect(out).toMatch(/State +ready for/);
    shop = shopOf(cloud);
    await shop.until(({ counts }) => counts.syncs > 0);
    expect((await gatehouse('ls')).out).toMatch(
      /^NAME +STATE +LOCATION +AGE +PUBLISHED\nshop +ready +eastus +\d+m +0\n/,
    );
    expect((await gatehouse('plan', 'shop', '--detailed-exitcode')).code).toBe(0);
    expect(await gatehouse('up', '-f', join(line.directory, 'shop.yaml'))).toMatchObject({
      code: 0,
      out: 'Nothing to do: shop is as its spec says.\n',
    });
    expect(await gatehouse('retry', 'shop')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing of shop has failed/),
    });
  });

  test('plan previews what a new service calls for, before the sync writes it', async () => {
    await shop.apply('web');
    await shop.addressed('web');
    const goOn = cloud.clock.busy();
    const { code, out } = await gatehouse('plan', 'shop', '--detailed-exitcode');
    expect([code, out]).toEqual([
      2,
      expect.stringMatching(/ {2}\+ default\/web 80\/TCP of shop: [\d.]+:80 => [\d.]+:80 from \*/),
    ]);
    expect(out).toContain('Opens to the whole Internet: default/web 80.');
    expect(out).toContain('Firewall writes: 1. Expected time: 4 minutes.');
    expect((await gatehouse('services', 'shop')).out).toMatch(
      /default\/web +80\/TCP +shop +[\d.]+:80 +to be published/,
    );
    goOn();
    await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  });

  test('services and explain tell where a service is reached', async () => {
    const { out } = await gatehouse('services', 'shop');
    expect(out).toMatch(/default\/web +80\/TCP +shop +([\d.]+):80 +published +\*/);
    const explained = await gatehouse('explain', 'shop', 'default/web');
    expect(explained.code).toBe(0);
    expect(explained.out).toContain('✔ connectivity');
    expect(await gatehouse('explain', 'shop', 'default/nothing')).toMatchObject({ code: 1 });
    expect(await gatehouse('explain', 'shop', 'web')).toMatchObject({
      code: 1,
      err: expect.stringContaining('NAMESPACE/SERVICE'),
    });
  });

  test('services that can not be listed are not told as none', async () => {
    const faults = cloud.clusters.find(CLUSTER)?.faults;
    faults?.set({ down: true });
    const { out } = await gatehouse('services', 'shop');
    faults?.clear();
    expect(out).not.toContain('No service');
    expect(out).toContain('Syncs list the services by a command in the cluster meanwhile); its 1 rule');
    expect(out).toMatch(/= shop\.default\.web\.80\.tcp stays: /);
  });

  test('answers are the data of the app, as JSON and as YAML', async () => {
    const { body } = await cloud.call('GET', '/environments/shop/services');
    expect(JSON.parse((await gatehouse('services', 'shop', '-o', 'json')).out)).toEqual(body);
    expect(parse((await gatehouse('services', 'shop', '-o', 'yaml')).out)).toEqual(body);
  });

  test('drift shows what somebody has changed, and sync repairs it', async () => {
    expect(await gatehouse('drift', 'shop', '--detailed-exitcode')).toMatchObject({
      code: 0,
      out: 'shop is as it should be.\n',
    });
    const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as { properties: object };
    await cloud.control('PUT', `/state${FIREWALL}`, {
      ...firewall,
      properties: { ...firewall.properties, threatIntelMode: 'Off' },
    });
    const { code, out } = await gatehouse('drift', 'shop', '--detailed-exitcode');
    expect(code).toBe(2);
    expect(out).toMatch(/threatIntelMode[^]*is "Off", should be "Alert"/);
    expect((await gatehouse('sync', 'shop')).code).toBe(0);
    await shop.until(({ counts, sync }) => counts.driftRepairs > 0 && sync?.running === false);
    expect((await gatehouse('drift', 'shop', '--detailed-exitcode')).code).toBe(0);
  });

  test('a grant is given for a span, shown and taken back', async () => {
    // The address itself is what Azure's front end sees.
    expect((await gatehouse('grant', 'shop', '--label', 'me', '--cidr', 'auto', '--expires', '8h')).code).toBe(0);
    await cloud.clock.sleep(60_000);
    expect((await gatehouse('status', 'shop')).out).toMatch(/me 198\.51\.100\.7\/32, 7h left/);
    const refused = await gatehouse('grant', 'shop', '--label', 'me', '--cidr', '198.51.100.7', '--expires', 'soon');
    const unit = await gatehouse('grant', 'shop', '--label', 'me', '--expires', '10s');
    expect(unit).toMatchObject({ code: 1, err: expect.stringContaining('Give minutes, hours or days') });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--expires') });
    expect((await gatehouse('revoke', 'shop', 'me')).code).toBe(0);
    expect(await gatehouse('revoke', 'shop', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('with: gatehouse status shop;'),
    });
  });

  test('deletions that are held are shown, and released by a yes', async () => {
    const names = ['a', 'b', 'c'];
    for (const [index, name] of names.entries()) await shop.apply(name, { ports: [{ port: 8000 + index }] });
    await shop.until(({ counts, sync }) => counts.publications === 4 && sync?.running === false);
    // No sync comes between them, which would see only some of them gone.
    const goOn = cloud.clock.busy();
    for (const name of names) await shop.remove(name);
    goOn();
    await shop.until(({ sync }) => sync?.report?.held?.rules === 3 && !sync.running);
    const { out: status } = await gatehouse('status', 'shop');
    expect(status).toContain('3 deletions are held');
    expect(status).toMatch(/Published +4 service ports, 3 of them held for deletion/);
    expect((await gatehouse('list')).out).toMatch(/PUBLISHED +NOTES\nshop .* 4 +3 deletions held/);
    expect((await gatehouse('services', 'shop')).out).toMatch(
      /! 3 deletions are held: [^\n]* Release them with: gatehouse approve shop\n {2}= shop\.default\.a\./,
    );
    expect((await gatehouse('approve', 'shop')).err).toContain('--yes');
    line.answers.push('y');
    const { code, out } = await gatehouse('approve', 'shop');
    expect([code, out]).toEqual([0, expect.stringContaining('- shop.default.a.')]);
    await shop.until(({ counts }) => counts.publications === 1);
    expect(await gatehouse('approve', 'shop', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing is held'),
    });
  });

  test('up with a changed spec shows the change and applies it', async () => {
    const file = join(line.directory, 'less.yaml');
    writeFileSync(file, 'name: shop\nfirewall: { threatIntel: Deny }\n');
    const { code, out } = await gatehouse('up', '-f', file, '--watch', '--yes');
    expect(out).toContain('~ firewall.threatIntel: "Alert" => "Deny"');
    expect([code, out]).toEqual([0, expect.stringMatching(/State +ready/)]);
    writeFileSync(file, 'name: shop\nlocation: westeurope\n');
    const refused = await gatehouse('up', '-f', file, '--yes');
    expect(refused.out).toContain('! location');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was begun') });
  });

  test('up with the spec that stands repairs what differs, and ends', async () => {
    const file = join(line.directory, 'same.yaml');
    writeFileSync(file, 'name: shop\nfirewall: { threatIntel: Deny }\n');
    const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as { properties: object };
    await cloud.control('PUT', `/state${FIREWALL}`, {
      ...firewall,
      properties: { ...firewall.properties, threatIntelMode: 'Off' },
    });
    const { code, out } = await gatehouse('up', '-f', file, '--watch', '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining('~ properties.threatIntelMode: "Off" => "Deny"')]);
    while ((await gatehouse('drift', 'shop', '--detailed-exitcode')).code === 2) await cloud.clock.sleep(10_000);
    expect((await gatehouse('plan', 'shop', '--detailed-exitcode')).code).toBe(0);
  });

  test('down wants the name typed, and follows the deletion to its end', async () => {
    expect((await gatehouse('down', 'shop')).err).toContain('--yes');
    line.answers.push('shup');
    expect((await gatehouse('down', 'shop')).err).toContain('Nothing was done.');
    line.answers.push('shop');
    const { code, out } = await gatehouse('down', 'shop', '--watch', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'shop', state: 'deleted' });
    expect(await gatehouse('down', 'shop', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Build it again with: gatehouse up -f SPEC.'),
    });
    expect((await gatehouse('status', 'shop')).out).not.toContain('Published');
    expect((await gatehouse('status', 'nobody')).err).toContain('See those that exist with: gatehouse list.');
  });
});
