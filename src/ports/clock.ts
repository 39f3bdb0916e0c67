/** Time from outside. The engine has none: its time comes in its inputs. */
export interface Clock {
  /** Epoch ms. */
  nowMs(): number;
}
