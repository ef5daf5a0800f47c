import { failedSignInsPerMinuteMax } from '../../core/protocol/limits.ts';

interface Minute {
  readonly sinceMs: number;
  failures: number;
}

/** Failed sign-ins of an isolate by country: no address is kept, and one country's guessing shuts no other out. */
export class SignInFailures {
  readonly #byCountry = new Map<string, Minute>();

  /** Seconds to wait before the next try; 0 for none. */
  waitSeconds(country: string, nowMs: number): number {
    const { sinceMs, failures } = this.#minute(country, nowMs);
    return failures < failedSignInsPerMinuteMax ? 0 : Math.ceil((sinceMs + 60_000 - nowMs) / 1000);
  }

  note(country: string, nowMs: number): void {
    const minute = this.#minute(country, nowMs);
    minute.failures++;
    this.#byCountry.set(country, minute);
  }

  #minute(country: string, nowMs: number): Minute {
    const held = this.#byCountry.get(country);
    const isHeld = held !== undefined && nowMs >= held.sinceMs && nowMs - held.sinceMs < 60_000;
    return isHeld ? held : { sinceMs: nowMs, failures: 0 };
  }
}
