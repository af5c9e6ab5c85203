// The forecast of a run: one bar that never goes back, and one time that comes true when the work is even.
import assert from 'node:assert/strict';
import { Forecast } from '../../../../worker/session/forecast';

/** The stages of a run of so many images, each step of which takes the milliseconds that its cost says. */
function* run(images: number, millisecondsOfUnit: number) {
  let time = 0;
  const forecast = new Forecast(() => time);
  const sample = images <= 200 ? images : 64;
  const stages = [
    ['scan', images, 0.05],
    ['embed', sample, 1],
    ['compare', sample, 0.4],
    ['compare', sample, 0.4],
    ['compare', images, images > sample ? (images - sample + 0.4 * images) / images : 0.4],
    ['link', 1, 0.002 * images],
  ] as const;
  for (const [stage, total, cost] of stages) {
    const after = forecast.startStage(stage, total);
    for (let done = 0; done <= total; done++) {
      if (done > 0) time += cost * millisecondsOfUnit;
      yield { stage, time, overall: after(done)! };
    }
  }
}

describe('the forecast of a run', () => {
  for (const images of [50, 1000]) {
    it(`rises from nothing to nearly everything over ${images} images, and its time comes true`, () => {
      const steps = [...run(images, 100)];
      const end = steps.at(-1)!.time;
      let before = 0;
      for (const { overall, time, stage } of steps) {
        assert.ok(overall.part >= before, `${stage} at ${time}`);
        before = overall.part;
        if (overall.etaSeconds === undefined) continue;
        const left = (end - time) / 1000;
        assert.ok(
          Math.abs(overall.etaSeconds - left) < 0.02 * (end / 1000),
          `${overall.etaSeconds} s said, ${left} s left`,
        );
      }
      assert.equal(before, 0.99);
      assert.ok(steps.some(({ overall }) => overall.etaSeconds !== undefined));
    });
  }

  it('says nothing of other work, and of a download', () => {
    const forecast = new Forecast(() => 0);
    assert.equal(forecast.startStage('compare', 10)(5), undefined);
    assert.equal(forecast.startStage('download', 10)(5), undefined);
  });
});
