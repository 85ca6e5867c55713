namespace JobQueue;

/// <summary>
/// Base of the errors this library reports. The message says what happened, why, and what to do;
/// <see cref="ErrorId"/> names the page in <c>docs/diagnostics/</c>.
/// </summary>
public class JobQueueException : Exception
{
    internal JobQueueException(string errorId, string message, Exception? innerException = null)
        : base($"{errorId}: {message}", innerException) => ErrorId = errorId;

    /// <summary>Stable id of the error, for example <c>JQ1001</c>.</summary>
    public string ErrorId { get; }
}
