/** Mail by SMTP, and the few texts that ClubOS mails. */
import nodemailer from 'nodemailer'

export interface Mail {
  to: string
  subject: string
  text: string
}

export class MailError extends Error {
  /** Whether it certainly did not arrive, so that it may be sent again. */
  readonly retry: boolean
  constructor(message: string, retry: boolean) {
    super(message)
    this.retry = retry
  }
}

interface SmtpError extends Error {
  code?: string
  syscall?: string
  responseCode?: number
}

export async function sendMail(smtpUrl: string, from: string, id: string, mail: Mail): Promise<void> {
  const transport = nodemailer.createTransport(smtpUrl, {
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  } as never)
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'clubos'
  try {
    await transport.sendMail({
      from,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      messageId: `<${id}@${domain}>`,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  } catch (cause) {
    const error = cause as SmtpError
    // Refused for now (4xx), or no connection at all: it did not arrive. A connection that broke later may have
    // carried it, and nobody wants the same mail twice.
    const refusedForNow =
      error.responseCode !== undefined && error.responseCode >= 400 && error.responseCode < 500
    const unconnected =
      error.syscall === 'connect' || error.code === 'EDNS' || /^Greeting/.test(error.message)
    throw new MailError(
      error.responseCode ? `The mail server answered ${error.responseCode}.` : error.message,
      refusedForNow || unconnected,
    )
  } finally {
    transport.close()
  }
}

interface Event {
  kind: string
  recipient: string
  name: string | null
  link_token: string | null
  details: Record<string, unknown>
}

export function mailFor(event: Event, url: string): Mail {
  const hello = `Hello${event.name ? ` ${event.name}` : ''},\n\n`
  const link = `${url}/choose-password?token=${event.link_token}`
  const detail = (name: string) => String(event.details[name] ?? '')
  const texts: Record<string, () => { subject: string; text: string }> = {
    invitation: () => ({
      subject: 'Your ClubOS account',
      text: `${detail('invited_by')} has invited you to ClubOS. Choose a password here, within 7 days:\n\n${link}\n\nThe link works once.`,
    }),
    password_reset: () => ({
      subject: 'A new password for ClubOS',
      text: `Somebody, you we hope, asked for a new password. Choose it here, within an hour:\n\n${link}\n\nThe link works once. If it was not you, do nothing: your password stays as it is.`,
    }),
    urgent_ticket: () => ({
      subject: `Urgent: ticket ${detail('ticket_id')}`,
      text: `A customer may be in danger or locked in. Ticket ${detail('ticket_id')} waits for a person now:\n\n${url}/`,
    }),
    job_dead: () => ({
      subject: `A job was given up: ${detail('task')}`,
      text: `Job ${detail('id')} (${detail('task')}) failed too often and is not tried again. Look at it:\n\nselect * from dead_jobs;\n\n${url}/`,
    }),
    backup_failed: () => ({
      subject: `A backup failed: ${detail('target')}`,
      text: `Backup ${detail('backup_id')} to “${detail('target')}” failed: ${detail('error')}\n\n${detail('hint')}\n\nThe last complete one is of ${detail('last_complete') || 'never'}.\n\n${url}/`,
    }),
    llm_budget: () => ({
      subject:
        detail('state') === 'stopped'
          ? `The ${detail('period')}’s budget for language models is used up`
          : `The ${detail('period')}’s budget for language models is almost used up`,
      text: `Language models have cost ${detail('spent')} of ${detail('budget')} US dollars this ${detail('period')} (UTC). ${
        detail('state') === 'stopped'
          ? 'Until it ends ClubOS answers from the club’s own text, without them.'
          : 'When all is used ClubOS answers from the club’s own text, without them.'
      }\n\nAnother budget: select set_llm_budget(daily, monthly, warning, 'why');\n\n${url}/`,
    }),
    experiment: () => {
      const about = `“${detail('name')}”, the experiment with ${detail('sop')},`
      const texts: Record<string, { subject: string; text: string }> = {
        harm: {
          subject: `An experiment was stopped: ${detail('name')}`,
          text: `Arm ${detail('arm')} of ${about} is worse than the SOP as it is, beyond doubt. It was stopped; everybody gets the SOP as it is.`,
        },
        sample_ratio: {
          subject: `An experiment is not to be trusted: ${detail('name')}`,
          text: `The arms of ${about} have other sizes than their weights say, so that something sorts people into them. It goes on; do not decide by it before you know why.`,
        },
        moved_on: {
          subject: `An experiment was stopped: ${detail('name')}`,
          text: `The SOP moved on to version ${detail('version')}, so ${about} was stopped: it would have compared with a text that is gone.`,
        },
      }
      const { subject, text } = texts[detail('event')]!
      return { subject, text: `${text}\n\n${url}/experiments?experiment=${detail('experiment_id')}` }
    },
    audit_broken: () => ({
      subject: 'The audit log does not verify',
      text: `The audit log was altered or has lost rows. Find out who had the owner's rights:\n\nselect * from verify_audit_log();\n\n${url}/`,
    }),
  }
  const make = texts[event.kind]
  if (!make) throw new Error(`There is no mail for ${event.kind}.`)
  const { subject, text } = make()
  return { to: event.recipient, subject, text: `${hello}${text}\n` }
}
