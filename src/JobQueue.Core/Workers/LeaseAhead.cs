using System.Runtime.InteropServices;

namespace JobQueue.Workers;

/// <summary>What is worth leasing beyond the free slots.</summary>
/// <param name="Jobs">How many; they start within a time that is short enough for them to wait here.</param>
/// <param name="Least">For how many a fetch is worth its round trip while some wait here.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseAhead(int Jobs, int Least);
