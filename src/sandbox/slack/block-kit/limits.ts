/**
 * Block Kit limits, from the reference pages at docs.slack.dev/reference/block-kit and the
 * comments of npm `@slack/types` 3.2.0. Lengths are counted in UTF-16 units, which is never more
 * lenient than Slack's own counting.
 */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  blockId: 255,
  actionId: 255,
  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  header: 150,
  contextElements: 10,
  contextText: 2000,
  actionsElements: 25,
  inputLabel: 2000,
  inputHint: 2000,
  imageAlt: 2000,
  imageTitle: 2000,
  imageUrl: 3000,
  markdown: 12_000,
  tableRows: 100,
  tableColumns: 20,
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  accessibilityLabel: 75,
  options: 100,
  overflowOptions: 5,
  choiceOptions: 10,
  optionText: 75,
  /** Slack now takes 150 (changelog of 2024); its types still say 75. */
  optionValue: 75,
  optionDescription: 75,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  plainTextInput: 3000,
  fileInputFiles: 10,
  modalTitle: 24,
  modalButton: 24,
  privateMetadata: 3000,
  callbackId: 255,
  viewBytes: 250 * 1024,
  /**
   * Text of all blocks of a message together. Undocumented: people met `msg_blocks_too_long`
   * between 11,300 and 13,200 (slackapi/bolt-js issues 2509 and 2867), so this is cautious.
   */
  messageBlocksText: 10_000,
} as const
