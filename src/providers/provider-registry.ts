import { Inject, Injectable } from '@nestjs/common';
import type { TextProvider } from './contract/text-provider.js';

/** The token of the text providers' array, in the order of their registration. */
export const TEXT_PROVIDERS = Symbol('TextProvider[]');

/** The text providers of this installation by their ids. */
@Injectable()
export class ProviderRegistry {
  private readonly providers: ReadonlyMap<string, TextProvider>;

  constructor(@Inject(TEXT_PROVIDERS) providers: TextProvider[]) {
    this.providers = new Map(providers.map((provider) => [provider.id, provider]));
    if (this.providers.size < providers.length) throw new Error('Two text providers bear the same id');
  }

  /** Undefined where no such provider is configured. */
  get(id: string): TextProvider | undefined {
    return this.providers.get(id);
  }

  /** All of them, in the order of registration. */
  all(): TextProvider[] {
    return [...this.providers.values()];
  }
}
