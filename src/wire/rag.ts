/** How much of a risk a wearer is, in one word; blue: in custody. */
export const RAG_RATINGS = ['red', 'amber', 'green', 'blue'] as const;
export type Rag = (typeof RAG_RATINGS)[number];
