const NAME = 'gatehouse-key';

/** The function key that was typed in; kept as long as the tab, and nowhere else. */
export const storedKey = (): string | undefined => sessionStorage.getItem(NAME) ?? undefined;

export const storeKey = (key: string): void => sessionStorage.setItem(NAME, key);

export const forgetKey = (): void => sessionStorage.removeItem(NAME);
