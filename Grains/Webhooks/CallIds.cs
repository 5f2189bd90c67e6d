using System.Globalization;
using System.Security.Cryptography;

namespace Chat4All.Grains.Webhooks;

/// <summary>Ids of webhook calls, which order them: ascending within this process, whatever its clock does, and over restarts as far as clocks go on.</summary>
public static class CallIds
{
    private static long s_last;

    public static string Next(DateTimeOffset now)
    {
        long last, next;
        do
        {
            last = Volatile.Read(ref s_last);
            next = Math.Max(last + 1, now.UtcTicks);
        }
        while (Interlocked.CompareExchange(ref s_last, next, last) != last);

        return string.Create(CultureInfo.InvariantCulture, $"{next:x16}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
    }
}
