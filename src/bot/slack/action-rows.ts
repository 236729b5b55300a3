/** Inside one block Slack takes each action id once: what comes again begins a row of its own. */
export function actionRows<B extends { readonly action: string }>(buttons: readonly B[]): B[][] {
  const rows: B[][] = []
  for (const button of buttons) {
    const row = rows.find((others) => others.every(({ action }) => action !== button.action))
    if (row) row.push(button)
    else rows.push([button])
  }
  return rows
}
