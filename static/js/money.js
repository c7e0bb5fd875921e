/* Amounts as whole cents in BigInt: nothing is lost to binary fractions, and halves are rounded up
   as the server rounds them. What is typed is read as the server's forms read it. */

/* The cents of an amount in a data attribute: "129.00" or "129". */
export function cents(text) {
  const [whole, rest] = text.split(".");
  return BigInt(whole + (rest || "").slice(0, 2).padEnd(2, "0"));
}

/* Cents as the server writes amounts in the language of the page. The sample is its 1,234.00. */
export function written(value, sample) {
  const digits = value.toString().padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, sample[1]);
  return whole + sample.at(-3) + digits.slice(-2);
}

/* A price of one after a discount in hundredths of a percent, rounded half up. */
export function discounted(price, hundredths) {
  return (price * (10000n - hundredths) + 5000n) / 10000n;
}

/* A quantity that was typed: 0 for nothing, null for what is no whole number. */
export function quantityOf(input) {
  if (input.validity.badInput) return null;
  const text = input.value.trim();
  if (!text) return 0n;
  return /^\d+(\.0*)?$/.test(text) ? BigInt(text.split(".")[0]) : null;
}

/* A discount that was typed, in hundredths of a percent: 0 for nothing, null for what is none. */
export function percentOf(text) {
  const bare = text.replace(/[\s%]/g, "");
  if (!bare) return 0n;
  const found = /^(\d*)(?:[.,](\d{0,2}))?$/.exec(bare);
  if (!found || !(found[1] || found[2])) return null;
  return BigInt((found[1] || "0") + (found[2] || "").padEnd(2, "0"));
}
