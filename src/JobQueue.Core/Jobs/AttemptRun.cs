using System.Runtime.InteropServices;

namespace JobQueue;

/// <summary>When and where an attempt ran: all there is of one that succeeded, which goes into its job's record without becoming a <see cref="JobAttempt"/>.</summary>
/// <param name="Number">In the job's life, from 1.</param>
/// <param name="StartedAt">When the handler was called, in ms.</param>
/// <param name="EndedAt">When it ended, in ms.</param>
/// <param name="WorkerId">The worker that ran it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AttemptRun(int Number, long StartedAt, long EndedAt, string WorkerId);
