"""Saving progress of long work."""


def commit_progress(env):
    """Commit what is done so far when running in a cron job; elsewhere the caller's transaction decides.

    The progress figures of the job are left to the job itself.
    """
    if env.context.get('ir_cron_progress_id'):
        env['ir.cron']._commit_progress()
