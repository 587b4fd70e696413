import { conflict } from '../protocol/errors.ts';

/** As many as may be at once. */
export interface Seats {
  /** @returns what gives it back, once @throws ApiError 409 */
  take(): () => void;
}

/** @param what in the words of the error: `sessions` */
export function createSeats(limit: number, what: string): Seats {
  let taken = 0;
  return {
    take() {
      if (taken >= limit) throw conflict(`${limit} ${what} are open, which is as many as may be; end one or try later`);
      taken += 1;
      let isBack = false;
      return () => {
        if (!isBack) taken -= 1;
        isBack = true;
      };
    },
  };
}
