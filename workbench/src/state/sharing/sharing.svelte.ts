/** Who can see a dataset, and changes of it. */
import type {
  Access,
  InvitedUser,
  LinkBody,
  PersonWithAccess,
  ShareAction,
  ShareBody,
  Sharing,
} from '../../model/api.gen';
import * as wire from '../../wire/sharing';

export type GrantedAccess = Exclude<Access, 'own'>;

/** Codes of what an invited person may do. */
export const ACTIONS: Record<GrantedAccess, ShareAction> = { view: '10', edit: '20', share: '30' };

export class ShareDialogState {
  /** Nothing until it is loaded. */
  sharing: Sharing | undefined = $state.raw();
  error = $state('');
  /** The address of the link that was created last; the server shows it once. */
  newAddress = $state('');

  constructor(private readonly id: string) {}

  load(): Promise<boolean> {
    return this.change(() => Promise.resolve());
  }

  /** Sends a change, then loads what results; whether it succeeded. */
  private async change(send: () => Promise<unknown>): Promise<boolean> {
    this.error = '';
    try {
      await send();
      this.sharing = await wire.getSharing(this.id);
      return true;
    } catch (reason) {
      this.error = (reason as Error).message;
      return false;
    }
  }

  update(change: Partial<ShareBody>): Promise<boolean> {
    const { sharing } = this;
    if (!sharing) return Promise.resolve(false);
    const { mode = 'private', mode_action = '10', people = [] } = sharing;
    return this.change(() =>
      wire.shareDataset(this.id, { mode, mode_action, invited_users: invitations(people), ...change }),
    );
  }

  invite(email: string, may: GrantedAccess): Promise<boolean> {
    const invited = invitations(this.sharing?.people ?? []);
    return this.update({ invited_users: [...invited, { email, action: ACTIONS[may] }] });
  }

  remove(person: PersonWithAccess): Promise<boolean> {
    const people = (this.sharing?.people ?? []).filter((other) => other !== person);
    return this.update({ invited_users: invitations(people) });
  }

  createLink(link: LinkBody): Promise<boolean> {
    return this.change(async () => {
      this.newAddress = (await wire.createLink(this.id, link)).address;
    });
  }

  revokeLink(linkId: number): Promise<boolean> {
    return this.change(() => wire.revokeLink(this.id, linkId));
  }
}

/** The people who were invited by e-mail, as requests name them. */
export function invitations(people: readonly PersonWithAccess[]): InvitedUser[] {
  return people.flatMap(({ email, may }) => (email && may !== 'own' ? [{ email, action: ACTIONS[may] }] : []));
}
