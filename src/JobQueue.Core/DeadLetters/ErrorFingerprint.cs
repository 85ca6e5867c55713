using System.Buffers;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace JobQueue.DeadLetters;

/// <summary>
/// Names the group of a death: 16 hex digits of the handler, the exception's type and the methods of the host's own code
/// in which it came about. Messages and line numbers are left out, because they differ between jobs and between builds.
/// The same in every process.
/// </summary>
internal static class ErrorFingerprint
{
    public const int Length = 16;

    private const int MaxFrames = 3;
    private const int MaxUnwraps = 16;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private static readonly string OwnAssembly = typeof(ErrorFingerprint).Assembly.GetName().Name!;

    /// <summary>The group of a job that died of an exception.</summary>
    public static string Of(string handler, Exception error)
    {
        var relevant = Unwrap(error);
        var text = new StringBuilder(handler).Append('\n').Append(relevant.GetType().FullName);
        var frames = 0;
        var last = "";
        foreach (var frame in new StackTrace(relevant, fNeedFileInfo: false).GetFrames())
        {
            if (NameOwn(frame) is { } name && name != last)
            {
                text.Append('\n').Append(name);
                last = name; // A recursion is one frame, however deep it was.
                if (++frames == MaxFrames)
                {
                    break;
                }
            }
        }

        return Hash(text.ToString());
    }

    /// <summary>The group of a job that died without an exception, by the kind of reason, for example <c>expired</c>.</summary>
    public static string OfReason(string handler, string kind) => Hash(handler + "\n!" + kind);

    public static bool IsValid(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(LowerHex);

    /// <summary>The exception that says what went wrong, inside of those that only carry it.</summary>
    public static Exception Unwrap(Exception error)
    {
        for (var i = 0; i < MaxUnwraps && error is AggregateException or TargetInvocationException && error.InnerException is { } inner; i++)
        {
            error = inner;
        }

        return error;
    }

    /// <summary>Type and method of a frame in the host's code or its libraries; null for the runtime's and this library's.</summary>
    private static string? NameOwn(StackFrame frame)
        => DiagnosticMethodInfo.Create(frame) is { } method && !IsNoise(method.DeclaringAssemblyName)
            ? MethodName.Normalise(method.DeclaringTypeName ?? "", method.Name)
            : null;

    private static bool IsNoise(string? assembly)
    {
        var comma = assembly?.IndexOf(',', StringComparison.Ordinal) ?? -1;
        var name = comma < 0 ? assembly : assembly![..comma];
        return name is null or "mscorlib" or "netstandard"
            || name == OwnAssembly
            || name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Length];
}
